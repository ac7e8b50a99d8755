<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Storage;

use Adsync\Exception\UnsupportedException;
use Adsync\Storage;
use PDO;
use PDOException;

/**
 * Where databases differ. All statements of PdoBackend are the same for both.
 *
 * @internal
 */
final class PdoDialect
{
    private const SQLITE_BUSY = [5, 6];
    private const SQLITE_FULL = 13;

    private function __construct(private readonly bool $sqlite)
    {
    }

    public static function of(PDO $db): self
    {
        $driver = $db->getAttribute(PDO::ATTR_DRIVER_NAME);
        if ($driver !== 'sqlite' && $driver !== 'pgsql') {
            throw new UnsupportedException("a storage over PDO needs sqlite or pgsql; this connection is $driver", 'pdo.driver');
        }

        return new self($driver === 'sqlite');
    }

    /** Settings that the promises stand on. */
    public function prepare(PDO $db, int $timeoutMs): void
    {
        if (!$this->sqlite) {
            $db->exec("SET client_encoding = 'UTF8'; SET synchronous_commit = on; SET default_transaction_isolation = 'read committed';"
                . ' SET lock_timeout = ' . $timeoutMs);

            return;
        }
        /* the timeout first: turning the log on may have to wait for another process that does the same */
        $db->exec('PRAGMA busy_timeout = ' . $timeoutMs);
        $db->query('PRAGMA journal_mode = WAL')->closeCursor();
        $db->exec('PRAGMA synchronous = FULL');
    }

    public function begin(): string
    {
        return $this->sqlite ? 'BEGIN IMMEDIATE' : 'BEGIN';
    }

    /** What makes a row that was looked at stay until the commit; SQLite has one writer at a time anyway. */
    public function lock(): string
    {
        return $this->sqlite ? '' : ' FOR UPDATE';
    }

    public function isBusy(PDOException $e): bool
    {
        return $this->sqlite ? in_array(($e->errorInfo[1] ?? 0) & 0xff, self::SQLITE_BUSY, true)
            : in_array($e->errorInfo[0] ?? '', ['40001', '40P01', '55P03'], true);
    }

    /** Whether a COMMIT that failed so certainly wrote no end of the transaction. */
    public function refusedCommit(PDOException $e): bool
    {
        $code = ($e->errorInfo[1] ?? 0) & 0xff;

        return $this->sqlite ? in_array($code, [...self::SQLITE_BUSY, self::SQLITE_FULL], true) : preg_match('/^(23|40)/', $e->errorInfo[0] ?? '') === 1;
    }

    /** Whether the connection was lost; a file of SQLite is none. */
    public function isGone(PDO $db): bool
    {
        return !$this->sqlite && $db->getAttribute(PDO::ATTR_CONNECTION_STATUS) === 'Bad connection.';
    }

    /** The schema version that is there; 0: none. */
    public function schemaVersion(PDO $db, string $prefix): int
    {
        if (!$this->sqlite) { /* two that begin at once would make the tables twice */
            $db->exec('SELECT pg_advisory_xact_lock(hashtext(' . $db->quote($prefix . 'schema') . '))');
        }
        $there = $this->sqlite ? "SELECT count(*) FROM sqlite_master WHERE name = '{$prefix}schema'" : "SELECT count(to_regclass('{$prefix}schema'))";
        if ((int) $db->query($there)->fetchColumn() === 0) {
            return 0;
        }

        return (int) $db->query("SELECT \"version\" FROM \"{$prefix}schema\"")->fetchColumn();
    }

    public function ddl(int $from, string $prefix): string
    {
        return $this->sqlite ? Storage::sqliteDdl($from, $prefix) : Storage::postgresDdl($from, $prefix);
    }
}
