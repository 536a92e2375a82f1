import { Chart, GetChart } from '../../../protocol/organization.ts'
import { query } from '../../platform/command.ts'
import { isMemberAsking } from './access.ts'
import { listPositions } from './store.ts'

const POSITIONS_MAX = 20_000

export const getChart = query({
  name: 'chart.get',
  summary:
    'Who reports to whom, from the heads or from one person down; at most 20,000 people, the upper levels first.',
  input: GetChart,
  output: Chart,

  allow: isMemberAsking,

  async run({ tx }, { organizationId, branchOf }) {
    const positions = await listPositions(tx, { organizationId, branchOf, limit: POSITIONS_MAX + 1 })
    return { positions: positions.slice(0, POSITIONS_MAX), isWhole: positions.length <= POSITIONS_MAX }
  },
})
