/**
 * PostgreSQL for the server and its tests.
 *
 *   startPostgres(options: StartPostgresOptions): Promise<RunningPostgres>
 *     the supervised, embedded PostgreSQL 18 of a data folder; rejects with a `PostgresProblem`
 *   checkExternalPostgres(url: string): Promise<void>
 *     rejects with a `PostgresProblem` when DATABASE_URL is not reachable or older than PostgreSQL 15
 *   openTestCluster(): Promise<{ url: string, stop(): Promise<void> }>
 *     the cluster of SHOPTALK_TEST_DATABASE, or else a temporary one that ends with this process
 *   startDebianPostgres(): Promise<RunningPostgres>
 *     a temporary cluster of Debian's PostgreSQL 15, for tests
 */
export type { PostgresLog, RunningPostgres, StartPostgresOptions } from './contract.ts'
export { PostgresProblem, type PostgresProblemCode } from './problem.ts'
