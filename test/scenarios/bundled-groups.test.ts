import { filesOf, testScenario } from './bundled.ts'

for (const file of filesOf('groups')) testScenario(file)
