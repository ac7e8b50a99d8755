<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Exception\ConflictException;
use Adsync\Internal\Handle;
use Adsync\Internal\Memory;
use Adsync\Internal\Options;
use Adsync\Internal\Trampolines;
use Adsync\Storage\Backend;
use Adsync\Storage\Change;
use Adsync\Storage\Range;
use FFI;
use FFI\CData;

/** A place to keep rows (adsync_storage): on SQLite, on PostgreSQL, in memory, or the application's own. */
final class Storage
{
    /** Never create or alter anything: the application migrates with sqliteDdl() or postgresDdl(). */
    public const NO_DDL = 1;
    /** SQLite: commits are refused. */
    public const READ_ONLY = 2;
    /** PostgreSQL: a pooler of transactions stands between. */
    public const POOLED = 2;
    /** PostgreSQL: where tables are made, figures lie in partitions by month, calls by day. */
    public const PARTITIONS = 4;
    /** A backend that does not outlive the process. */
    public const VOLATILE = 1;
    /** A backend that other processes do not see. */
    public const ONE_PROCESS = 2;
    /** A backend that survives kill -9, not the plug. */
    public const NOT_POWER_SAFE = 4;

    /** @var array<int, int> */
    private static array $keyWidths = [];

    private readonly Handle $handle;

    private function __construct(CData $storage)
    {
        $this->handle = new Handle($storage, 'adsync_storage_free');
    }

    /**
     * Opens a file of SQLite, creates what is missing and migrates an older schema (adsync_sqlite_open).
     *
     * @param int    $flags     NO_DDL, READ_ONLY
     * @param int    $timeoutUs how long to wait for another writer; 0: 10 s
     * @param string $prefix    of table and view names
     */
    public static function sqlite(string $path, int $flags = 0, int $timeoutUs = 0, string $prefix = 'adsync_'): self
    {
        Library::demand('sqlite');
        $options = new Options('adsync_sqlite_options', ['flags' => $flags, 'timeout_us' => $timeoutUs, 'prefix' => $prefix]);

        return self::open('adsync_sqlite_open', $path, $options->pointer());
    }

    /**
     * Connects to PostgreSQL 15 or newer (adsync_postgres_open).
     *
     * @param string      $conninfo  a connection string or URI of libpq; what it does not say comes from the environment
     * @param int         $flags     NO_DDL, POOLED, PARTITIONS
     * @param int         $timeoutUs how long to wait for another writer of a row; 0: 10 s
     * @param string      $prefix    of table and view names
     * @param string|null $engine    the role that engines log in as, where another one makes the tables
     * @param string|null $reader    a role that may SELECT, for people and dashboards
     * @param string|null $listen    connection string for LISTEN, past a pooler
     */
    public static function postgres(string $conninfo, int $flags = 0, int $timeoutUs = 0, string $prefix = 'adsync_', ?string $engine = null,
        ?string $reader = null, ?string $listen = null): self
    {
        Library::demand('postgres');
        $options = new Options('adsync_postgres_options', ['flags' => $flags, 'timeout_us' => $timeoutUs, 'prefix' => $prefix,
            'engine' => $engine, 'reader' => $reader, 'listen' => $listen]);

        return self::open('adsync_postgres_open', $conninfo, $options->pointer());
    }

    /**
     * Rows in this process' memory, for tests and trials (adsync_memory_open).
     *
     * @param self|null $sameRows one more handle on the rows of this one
     */
    public static function memory(?self $sameRows = null): self
    {
        return self::open('adsync_memory_open', $sameRows?->pointer());
    }

    /**
     * A storage of the application's own (adsync_storage_new).
     *
     * @param int $flags      what it cannot promise: VOLATILE, ONE_PROCESS, NOT_POWER_SAFE
     * @param int $maxChanges the most of one commit; 0: 2,000
     * @param int $maxBytes   the most of one commit; 0: 4 MiB
     */
    public static function of(Backend $backend, int $flags = 0, int $maxChanges = 0, int $maxBytes = 0): self
    {
        $number = Trampolines::add($backend);
        $ops = Trampolines::storage($backend, $number);
        [$ops->flags, $ops->max_changes, $ops->max_bytes] = [$flags, $maxChanges, $maxBytes];
        try {
            return self::open('adsync_storage_new', FFI::addr($ops));
        } catch (\Throwable $e) {
            Trampolines::remove($number);
            throw $e;
        }
    }

    /** The statements that bring SQLite tables up to this library's (adsync_sqlite_ddl). */
    public static function sqliteDdl(int $fromSchema = 0, string $prefix = 'adsync_'): string
    {
        Library::demand('sqlite');

        return self::ddl('adsync_sqlite_ddl', $fromSchema, new Options('adsync_sqlite_options', ['prefix' => $prefix]));
    }

    /** The statements that bring PostgreSQL tables up to this library's (adsync_postgres_ddl). */
    public static function postgresDdl(int $fromSchema = 0, string $prefix = 'adsync_', ?string $engine = null, ?string $reader = null): string
    {
        Library::demand('postgres');
        $options = new Options('adsync_postgres_options', ['prefix' => $prefix, 'engine' => $engine, 'reader' => $reader]);

        return self::ddl('adsync_postgres_ddl', $fromSchema, $options);
    }

    /**
     * The number of an organisation, which leads the keys of all its rows (adsync_storage_org).
     *
     * @param bool $add add it if it is not there
     */
    public function org(string $org, bool $add = false): int
    {
        $number = Library::make('int64_t');
        Library::call('adsync_storage_org', $this->pointer(), $org, (int) $add, FFI::addr($number));

        return $number->cdata;
    }

    /**
     * Reads rows by key (adsync_storage_read).
     *
     * @param int                    $org     an organisation's number; 0: the system's own
     * @param list<list<int|string>> $keys
     * @param int                    $columns how many leading ones are wanted; 0: all
     */
    public function read(int $org, int $table, array $keys, int $columns = 0): Rows
    {
        $width = self::keyWidth($table);
        $bytes = array_fill(0, count($keys) * $width, false);
        $values = Memory::write(array_merge(...$keys), $bytes);

        return self::rows('adsync_storage_read', $this->pointer(), $org, $table, $columns, $values[0], count($keys));
    }

    /**
     * Reads a stretch of an index (adsync_storage_scan).
     *
     * @param int $org an organisation's number; 0: the system's own
     */
    public function scan(int $org, Range $range): Rows
    {
        $c = Library::make('adsync_range');
        $kept = [];
        foreach (['lower', 'upper'] as $end) {
            $kept[] = $values = Memory::write($range->$end, array_fill(0, count($range->$end), false));
            $c->$end = $values[0];
            $c->{'n_' . $end} = count($range->$end);
        }
        [$c->table, $c->index, $c->limit, $c->columns] = [$range->table, $range->index, $range->limit, $range->columns];
        $c->flags = ($range->descending ? 1 : 0) | ($range->exclusive ? 2 : 0) | ($range->allOrgs ? 4 : 0);

        return self::rows('adsync_storage_scan', $this->pointer(), $org, FFI::addr($c));
    }

    /**
     * Commits changes, all or none (adsync_storage_commit).
     *
     * @param int          $org     an organisation's number; 0: the system's own
     * @param list<Change> $changes in any order, one per key
     *
     * @throws ConflictException a version moved: nothing was applied
     */
    public function commit(int $org, array $changes): void
    {
        $array = Library::ffi()->new('adsync_change[' . max(1, count($changes)) . ']');
        $kept = [];
        foreach (array_values($changes) as $i => $change) {
            $kept[] = $values = Memory::write($change->values, Schema::table($change->table)->bytes);
            $c = $array[$i];
            [$c->op, $c->table, $c->expected, $c->version] = [$change->op, $change->table, $change->expected, $change->version];
            [$c->values, $c->n_values] = [$values[0], count($change->values)];
        }
        Library::raw('adsync_storage_commit', $this->pointer(), $org, Library::cast('adsync_change *', FFI::addr($array)), count($changes), null);
    }

    /** Lets go of the storage now; engines and vaults that use it go on. */
    public function close(): void
    {
        $this->handle->free();
        Trampolines::rethrow();
    }

    /** @internal */
    public function pointer(): CData
    {
        return $this->handle->get();
    }

    /** @internal */
    public function release(): CData
    {
        return $this->handle->release();
    }

    /** @internal */
    public static function keyWidth(int $table): int
    {
        return self::$keyWidths[$table] ??= Library::ffi()->adsync_index_width($table, 0);
    }

    private static function open(string $function, #[\SensitiveParameter] mixed ...$arguments): self
    {
        $out = Library::make('adsync_storage *');
        Library::call($function, ...[...$arguments, FFI::addr($out)]);

        return new self($out);
    }

    private static function rows(string $function, #[\SensitiveParameter] mixed ...$arguments): Rows
    {
        $out = Library::make('adsync_rows *');
        Library::call($function, ...[...$arguments, FFI::addr($out)]);

        return new Rows($out);
    }

    private static function ddl(string $function, int $from, Options $options): string
    {
        $out = Library::make('adsync_bytes *');
        Library::call($function, $from, $options->pointer(), FFI::addr($out));

        return Internal\Bytes::take($out);
    }
}
