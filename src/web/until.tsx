/** Running to where a condition comes true. */
import { useSignal } from '@preact/signals'
import { comesTrue, conditionExamples, readCondition } from '../report/page/until.ts'
import { dialog, eventOf, goEvent, lastAllowed, main, partition, playTo, untilText } from './store.ts'

export function Until() {
  const side = main.value!
  const message = useSignal('')
  const run = (play: boolean): void => {
    const read = readCondition(untilText.value, side.run, partition.value)
    if (!read.ok) {
      message.value = read.message
      return
    }
    const at = comesTrue(side.run, read.holds, eventOf(side), lastAllowed(side.run))
    if (at === null) {
      message.value = 'It does not come true further on.'
      return
    }
    dialog.value = 'none'
    if (play) playTo(at)
    else goEvent(at)
  }
  return (
    <form
      onSubmit={(submit) => {
        submit.preventDefault()
        run(false)
      }}
    >
      <h2>Run until</h2>
      <label>
        Condition, about {partition.value} where it names no other:
        <input
          class="wide"
          name="condition"
          list="conditions"
          autocomplete="off"
          value={untilText.value}
          onInput={(input) => {
            untilText.value = input.currentTarget.value
            message.value = ''
          }}
        />
      </label>
      <datalist id="conditions">
        {conditionExamples(side.run, partition.value).map((example) => (
          <option key={example} value={example} />
        ))}
      </datalist>
      <p class="dim">
        Figures: <code>b1.leo</code> <code>b1.hw</code> <code>b1.lso</code> <code>b1.start</code> <code>b1.epoch</code>{' '}
        <code>leader</code> <code>epoch</code> <code>isr</code> (its size) <code>acked</code> <code>failed</code>{' '}
        <code>unknown</code>. Also <code>m1 in b2</code>, <code>m1 not in b2</code>, <code>b2 is down</code>; several
        with <code>and</code>. Another partition stands before the figure: <code>b1.t-1.leo &lt; 2</code>.
      </p>
      <p class="bad" role="alert">
        {message.value}
      </p>
      <button type="submit">Go there</button>{' '}
      <button type="button" onClick={() => run(true)}>
        Play to it
      </button>
    </form>
  )
}
