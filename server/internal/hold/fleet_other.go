//go:build !linux

package hold

// holdFleet is the fleet of this system.
var holdFleet fleet = plainFleet
