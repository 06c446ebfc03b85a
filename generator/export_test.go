package generator

// ShutdownTotal lets the tests see how a stop timeout is divided.
var ShutdownTotal = shutdownTotal
