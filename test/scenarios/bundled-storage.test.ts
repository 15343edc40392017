import { filesOf, testScenario } from './bundled.ts'

for (const file of filesOf('storage')) testScenario(file)
