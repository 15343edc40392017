/** What an administrator asks for: elections, topics, replicas, settings. */
import type { Action } from '../../world/plan.ts'
import type { Path } from '../problem.ts'
import { byPartition, compileTopic, textSettings } from '../topology.ts'
import type { Compile, Compilers } from './compile-action.ts'

const elect: Compile<'elect'> = ({ checks, path }, form) => {
  const single = typeof form.partitions === 'string'
  const partitions = typeof form.partitions === 'string' ? [form.partitions] : form.partitions
  partitions.forEach((each, index) => {
    checks.partition(each, single ? [...path, 'partitions'] : [...path, 'partitions', index])
  })
  return [
    {
      do: 'admin',
      request: { admin: 'electLeader', election: form.elect === 'preferred' ? 'PREFERRED' : 'UNCLEAN', partitions },
    },
  ]
}

const reassign: Compile<'reassign'> = ({ checks, path }, form) => {
  for (const [partition, ids] of Object.entries(form.reassign)) {
    checks.partition(partition, [...path, 'reassign', partition], 'key')
    checks.brokers(ids, [...path, 'reassign', partition])
  }
  if (Object.keys(form.reassign).length === 0)
    checks.add([...path, 'reassign'], 'nothing is reassigned', { expected: 'replicas by partition' })
  return [{ do: 'admin', request: { admin: 'reassign', partitions: form.reassign } }]
}

const createTopic: Compile<'create-topic'> = ({ checks, path }, form) => {
  const name = form['create-topic']
  if (checks.names.topics[name]?.fromStart === true) {
    checks.add([...path, 'create-topic'], `topic ${name} exists from the start`, {
      expected: 'a name that is free',
      found: name,
    })
  }
  const { partitions, replicationFactor, assignment, settings } = compileTopic(checks, name, form, path)
  return [
    {
      do: 'admin',
      request: { admin: 'createTopic', topic: name, partitions, replicationFactor, assignment, settings },
    },
  ]
}

const addPartitions: Compile<'add-partitions'> = ({ checks, path }, form) => {
  const topic = form['add-partitions']
  checks.topic(topic, [...path, 'add-partitions'])
  const { total, replicas } = form
  replicas?.forEach((ids, index) => {
    checks.brokers(ids, [...path, 'replicas', index])
  })
  if (replicas !== undefined && replicas.length >= total) {
    checks.add([...path, 'replicas'], `replicas of ${replicas.length} partitions are given`, {
      expected: `replicas of the new partitions only, fewer than ${total}`,
    })
  }
  const assignment = replicas === undefined ? null : byPartition(replicas, Math.max(0, total - replicas.length))
  return [{ do: 'admin', request: { admin: 'addPartitions', topic, total, assignment } }]
}

const set: Compile<'set'> = ({ checks, path }, form) => {
  const texts = typeof form.on === 'string' ? [form.on] : form.on
  const at = (index: number): Path => (typeof form.on === 'string' ? [...path, 'on'] : [...path, 'on', index])
  if (Object.keys(form.set).length === 0)
    checks.add([...path, 'set'], 'nothing is set', { expected: "settings under Kafka's dotted keys" })
  return texts.flatMap((text, index): Action[] => {
    if (text.startsWith('topic ')) {
      const topic = text.slice('topic '.length)
      checks.topic(topic, at(index))
      const settings = checks.settings(form.set, 'topic', [...path, 'set'])
      return [{ do: 'admin', request: { admin: 'alterTopicConfig', topic, settings: textSettings(settings) } }]
    }
    const target = checks.brokerTarget(text, at(index), 'settings are changed on brokers and topics')
    const settings = checks.settings(form.set, 'broker', [...path, 'set'])
    return Object.entries(settings).map(([key, value]) => ({ do: 'changeSetting', target, key, value }))
  })
}

const deleteController: Compile<'delete'> = ({ checks, path }) => {
  if (checks.isKraft) {
    checks.impossible(
      [...path, 'delete'],
      'there is no /controller node without a registry; crash or pause the controller',
    )
  }
  return [{ do: 'admin', request: { admin: 'deleteControllerNode' } }]
}

const deleteTopic: Compile<'delete-topic'> = ({ checks, path }, form) => {
  checks.topic(form['delete-topic'], [...path, 'delete-topic'])
  if (!checks.has('delete.topic.enable', 'broker')) {
    checks.impossible([...path, 'delete-topic'], 'its controllers do not look for topics to delete; 0.8.1 does')
  }
  return [{ do: 'admin', request: { admin: 'deleteTopic', topic: form['delete-topic'] } }]
}

export const ADMINISTRATION: Compilers<
  'elect' | 'delete' | 'reassign' | 'create-topic' | 'add-partitions' | 'delete-topic' | 'set'
> = {
  elect,
  delete: deleteController,
  reassign,
  'create-topic': createTopic,
  'add-partitions': addPartitions,
  'delete-topic': deleteTopic,
  set,
}
