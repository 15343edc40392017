/** Raw, recorded and replayed runs of the versions since KIP-279, with a registry and with a metadata log. */
import { testEquality } from './equality.ts'
import { VERSIONS } from './plans.ts'

testEquality(VERSIONS.slice(VERSIONS.length / 2))
