// Without a file like this one the compiler refuses functions that have no body.
