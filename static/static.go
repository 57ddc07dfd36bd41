// Package static holds the page: the files that a browser loads, as they stand
// in this folder, compiled into the server.
//
// The folder dist is made by `make` and never committed, so no pattern may name
// it: a clean checkout must compile without it. The first pattern therefore takes
// everything whose name does not begin with an i, dist included when it is there,
// and the others bring back the page's own files among those. What it keeps away is the
// folder internal, which holds a module of its own and cannot be embedded. Files
// that are no part of the page (this one, protocol.d.ts) come along and are never
// served: package web serves by the ending of a name.
package static

import "embed"

// Files is the page. Compressed forms stand in dist, see package web.
//
//go:embed [^i]* index.html *.mjs
var Files embed.FS
