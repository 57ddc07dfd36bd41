// Command count prints how many of the defences and bad inputs have a test that
// names them, and fails when one has none. It is run from the module's root:
//
//	go run ./server/internal/defences/count
//	go run ./server/internal/defences/count -list   all of them with their tests
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"framecraft/server/internal/defences"
)

func main() {
	list := flag.Bool("list", false, "print every entry with the tests that name it")
	flag.Parse()
	claims, err := defences.ReadClaims(".", "framecraft")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if *list {
		fmt.Println(strings.Join(claims.List(), "\n"))
	}
	for _, problem := range claims.Problems {
		fmt.Fprintln(os.Stderr, problem)
	}
	missing := claims.Missing()
	for _, line := range missing {
		fmt.Fprintln(os.Stderr, "no test names", line)
	}
	fmt.Println(claims.Count())
	if len(claims.Problems)+len(missing) > 0 {
		os.Exit(1)
	}
}
