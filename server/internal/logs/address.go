package logs

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// Addresses is how much of a visitor's address a log has. The zero value is
// AddressNetwork.
type Addresses uint8

const (
	// AddressNetwork is the /24 of IPv4 and the /48 of IPv6: enough to see from where
	// a server is attacked, too little to tell who it was.
	AddressNetwork Addresses = iota
	// AddressFull is all of it, for who blocks single hosts.
	AddressFull
	// AddressNone is nothing.
	AddressNone
)

var addressNames = [...]string{AddressNetwork: "network", AddressFull: "full", AddressNone: "none"}

// ParseAddresses reads network, full or none.
func ParseAddresses(text string) (Addresses, error) {
	for i, name := range addressNames {
		if name == text {
			return Addresses(i), nil
		}
	}
	return 0, fmt.Errorf("found %q, expected network, full or none", text)
}

// Of returns what a log has of the address, "" for nothing.
func (a Addresses) Of(address netip.Addr) string {
	address = address.Unmap().WithZone("")
	bits := 48
	if address.Is4() {
		bits = 24
	}
	switch {
	case !address.IsValid() || a == AddressNone:
		return ""
	case a == AddressFull:
		return address.String()
	}
	// The number of bits suits the family, so there is no error.
	network, _ := address.Prefix(bits)
	return network.String()
}

// Unplaced is the text of an error without the addresses that package net puts in
// front.
func Unplaced(err error) string {
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		return op.Op + ": " + op.Err.Error()
	}
	return err.Error()
}
