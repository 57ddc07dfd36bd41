package system

const filesOpenName = "kern.num_files"
