module framecraft

go 1.26

require (
	code.dny.dev/ssrf v0.3.0
	github.com/alecthomas/kong v1.17.0
	github.com/go-chi/chi/v5 v5.5.0
	github.com/gorilla/securecookie v1.1.2
	github.com/rivo/uniseg v0.4.7
	github.com/rogpeppe/go-internal v1.16.0
	golang.org/x/term v0.45.0
)

require github.com/klauspost/compress v1.20.4

require go.uber.org/goleak v1.3.0

require (
	golang.org/x/sys v0.47.0
	golang.org/x/tools v0.26.0 // indirect
)
