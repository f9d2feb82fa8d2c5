/** Protocol-buffer bytes, read and written field by field (https://protobuf.dev/programming-guides/encoding). */
export { PbfReader, PbfWriter } from 'pbf'
