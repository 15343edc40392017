import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { newConsumerGroup, newMember } from '../../../src/broker/coordinator/consumer-group/state.ts'
import { targetAssignment } from '../../../src/broker/coordinator/consumer-group/target-assignment.ts'

interface Step {
  readonly partitions: Record<string, number>
  readonly members: Record<string, { topics: string[]; instanceId?: string; before: string[]; after: string[] }>
}

interface Vectors {
  readonly cases: readonly { readonly name: string; readonly steps: readonly Step[] }[]
}

const FOLDER = new URL('./server-assignors', import.meta.url).pathname

/** Made by the real classes (test/oracle): `server-uniform-4.1.1.json`. */
test.each(readdirSync(FOLDER))('the coordinator assigns as Kafka does: %s', (file) => {
  const { cases } = JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as Vectors
  expect(cases.length).toBeGreaterThan(20)
  const assignor = file.includes('range') ? 'range' : 'uniform'
  for (const { name, steps } of cases) {
    for (const [index, { partitions, members }] of steps.entries()) {
      const group = newConsumerGroup('g')
      group.topics = partitions
      for (const [id, { topics, instanceId, before }] of Object.entries(members)) {
        group.members[id] = { ...newMember(id), topics, assignor, instanceId: instanceId ?? null }
        group.targets[id] = before
      }
      const after = Object.fromEntries(Object.entries(members).map(([id, member]) => [id, [...member.after].sort()]))
      const ours = Object.entries(targetAssignment(group).targets).map(([id, names]) => [id, [...names].sort()])
      expect(Object.fromEntries(ours), `${name}, step ${index + 1}`).toEqual(after)
    }
  }
})
