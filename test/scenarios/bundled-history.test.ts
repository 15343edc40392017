import { filesOf, testScenario } from './bundled.ts'

for (const file of filesOf('history')) testScenario(file)
