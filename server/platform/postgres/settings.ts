/**
 * How our PostgreSQL runs. The settings are given on the command line, where neither a file nor ALTER SYSTEM overrides
 * them: what has been acknowledged is on the disk, whatever somebody changes in the data folder.
 */
export function serverSettings(socketFolder: string, overrides: Record<string, string>): string[] {
  const settings = {
    listen_addresses: '',
    port: '5432',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0700',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    // One server with two small pools, sized so that a machine with 1 GB of memory can hold it.
    max_connections: '60',
    shared_buffers: '128MB',
    effective_cache_size: '512MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    // Short statements by primary key: compiling them or spreading them over processes costs more than it gives, and
    // parallel workers need more shared memory than a container has by default.
    jit: 'off',
    max_parallel_workers_per_gather: '0',
    random_page_cost: '1.1',
    max_wal_size: '1GB',
    min_wal_size: '128MB',
    max_wal_senders: '0',
    checkpoint_timeout: '10min',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // The server writes one log. Errors come without details, statements or values, which hold what people wrote.
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '',
    log_min_messages: 'warning',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...overrides,
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** For the cluster of a test run, which nobody misses after a power failure; SHOPTALK_TEST_FSYNC keeps fsync on. */
export function testSettings(): Record<string, string> {
  const durability = process.env['SHOPTALK_TEST_FSYNC'] ? {} : { fsync: 'off', full_page_writes: 'off' }
  return { max_connections: '300', ...durability }
}
