//go:build race

package endpoint

// raceDetector: everything takes more memory and time than it is held to.
const raceDetector = true
