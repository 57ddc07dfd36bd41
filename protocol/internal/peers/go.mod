module framecraft/protocol/internal/peers

go 1.26

require (
	framecraft v0.0.0
	github.com/lxzan/gws v1.8.9
)

require (
	github.com/dolthub/maphash v0.1.0 // indirect
	github.com/klauspost/compress v1.20.4 // indirect
)

replace framecraft => ../../..
