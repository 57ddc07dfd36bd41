package system

const filesOpenName = "kern.openfiles"
