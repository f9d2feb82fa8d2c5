/**
 * Switches off the telemetry of ONNX Runtime, which would keep an id of the machine in the home folder and send what
 * sessions are opened to its maker.
 *
 * The engine looks at the process's environment when it is loaded, and a worker thread's is a copy: the entry points of
 * commands and library import this first, before any thread is started. A value that is there already stays.
 */
process.env['ORT_DISABLE_TELEMETRY'] ??= '1'
