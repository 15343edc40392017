import { expect, test } from 'vitest'
import { conformClients } from '../../src/conform/clients/conform.ts'
import type { ClientsRecording } from '../../src/conform/clients/recording.ts'
import { recordingData } from './recordings.ts'

test("the recorder's own commits go to the topic of the story, whatever its name", () => {
  const renamed = JSON.stringify(recordingData('clients/commits/2.4.1'))
    .replaceAll('"t"', '"orders"')
    .replaceAll('"t-0"', '"orders-0"')
    .replaceAll('"t-0:', '"orders-0:')
  const { differences } = conformClients(JSON.parse(renamed) as ClientsRecording, 1)
  expect(differences).toEqual([])
})
