//go:build !(js && wasm)

// Everywhere but in a browser this command has nothing to do: it is built for
// its tests only.
package main

func main() {
	println("this command is a WebAssembly module: GOOS=js GOARCH=wasm go build -o protocol.wasm ./wasm")
}
