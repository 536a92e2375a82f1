export type LongFunction = { line: number; length: number }

/**
 * Functions of a source file that have more lines than allowed; functions inside them count for themselves. A simple
 * scanner for formatted code: a function begins where a line ends in an opening brace behind a parameter list, and ends
 * with the brace at the same indentation.
 */
export function longFunctionsIn(source: string, linesMax: number): LongFunction[] {
  const lines = source.split('\n')
  const functions = lines.flatMap((line, begin) => {
    if (!isBeginning(line)) return []
    const indentation = /^\s*/.exec(line)?.[0] ?? ''
    const end = lines.findIndex((other, at) => at > begin && other.startsWith(`${indentation}}`))
    return end === -1 ? [] : [{ begin, end, isTest: isTest(line) }]
  })
  return functions.flatMap(({ begin, end, isTest }) => {
    const inside = functions.filter((inner) => inner.begin > begin && inner.end < end)
    const outermost = inside.filter((one) => !inside.some((other) => other.begin < one.begin && other.end > one.end))
    const length = outermost.reduce((rest, inner) => rest - (inner.end - inner.begin + 1), end - begin + 1)
    return length > linesMax && !isTest ? [{ line: begin + 1, length }] : []
  })
}

const isBeginning = (line: string) =>
  /(\)(: .+)?|=>) \{$/.test(line) && !/^\s*(if|for|while|switch|catch|\} else|\} catch)\b/.test(line)
/** A story may be long; its checks are in order. */
const isTest = (line: string) => /^\s*(test|describe)\(/.test(line)
