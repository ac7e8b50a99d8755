<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Storage;

use Adsync\Exception\RetryException;
use Adsync\Exception\StorageException;
use Adsync\Exception\UncertainException;
use Adsync\Schema;
use Adsync\Table;
use PDO;
use PDOException;
use PDOStatement;

/**
 * A storage over PDO, on SQLite or PostgreSQL: the application's own connection settings serve the library too. Tables and views are
 * those of libadsync-sqlite and libadsync-postgres, so a worker in C may work beside it on the same database.
 *
 *     Storage::of(new PdoBackend(fn () => new PDO('sqlite:ads.db')))
 *
 * The connection is the backend's own: a rollback of the application must never take a commit of the library along.
 */
final class PdoBackend implements Erasing
{
    private const SETTINGS = [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_EMULATE_PREPARES => false,
        PDO::ATTR_STRINGIFY_FETCHES => false, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_NUM];
    private const STATEMENTS = 200;

    private ?PDO $db = null;
    private PdoDialect $dialect;
    /** @var array<string, PDOStatement> */
    private array $statements = [];

    /**
     * @param \Closure(): PDO $connect   makes a connection that nobody else uses; asked again when it was lost
     * @param string          $prefix    of table and view names
     * @param bool            $migrate   false: the application runs Storage::sqliteDdl or postgresDdl itself
     * @param int             $timeoutMs how long to wait for another writer
     */
    public function __construct(private readonly \Closure $connect, private readonly string $prefix = 'adsync_', bool $migrate = true,
        private readonly int $timeoutMs = 10000)
    {
        $this->guarded($this->connection(...));
        if ($migrate) {
            $this->migrate();
        }
    }

    public function read(int $table, int $columns, array $keys, Sink $sink): void
    {
        $t = Schema::table($table);
        $statement = $this->statement($this->select($t, $columns) . ' WHERE ' . $this->names($t, range(0, $t->keyWidth - 1), ' = ? AND ') . ' = ?');
        $this->guarded(function () use ($statement, $t, $keys, $sink): void {
            foreach ($keys as $key) {
                $this->rows($this->run($statement, $t, $key), $t, $sink);
            }
        });
    }

    public function scan(Range $range, Sink $sink): void
    {
        $t = Schema::table($range->table);
        $sql = PdoRange::sql($range, $t, $this->quote(...));
        if ($sql === null) {
            return; /* nothing is between the bounds */
        }
        [$where, $order, $values, $positions] = $sql;
        $statement = $this->statement($this->select($t, $range->columns) . $where . $order);
        $this->guarded(function () use ($statement, $t, $values, $positions, $range, $sink): void {
            $this->rows($this->run($statement, $t, [...$values, $range->limit], [...$positions, null]), $t, $sink);
        });
    }

    public function commit(array $changes): array
    {
        if ($this->db?->inTransaction()) {
            throw new StorageException('a transaction is open on the storage\'s connection: it has to have one of its own', 'pdo.shared');
        }
        $conflicts = [];
        $this->transaction(function () use ($changes, &$conflicts): bool {
            foreach ($changes as $i => $change) {
                /* from the first that does not hold nothing is written any more: what is compared is what stood there */
                if (!($conflicts ? $this->holds($change) : $this->apply($change))) {
                    $conflicts[] = $i;
                }
            }

            return $conflicts === [];
        });

        return $conflicts;
    }

    public function erase(int $table, array $prefix, int $limit): bool
    {
        $t = Schema::table($table);
        $name = $this->quote($this->prefix . $t->name);
        $key = $this->names($t, range(0, $t->keyWidth - 1), ', ');
        $where = ' WHERE ' . $this->names($t, array_keys($prefix), ' = ? AND ') . ' = ?';
        $left = false;
        $this->transaction(function () use ($t, $name, $key, $where, $prefix, $limit, &$left): bool {
            $delete = $this->statement("DELETE FROM $name WHERE ($key) IN (SELECT $key FROM $name$where ORDER BY $key LIMIT ?)");
            $this->run($delete, $t, [...$prefix, $limit], [...array_keys($prefix), null]);
            $rest = $this->run($this->statement("SELECT 1 FROM $name$where LIMIT 1"), $t, $prefix);
            $left = $rest->fetch() !== false;
            $rest->closeCursor();

            return true;
        });

        return $left;
    }

    public function close(): void
    {
        $this->statements = [];
    }

    private function connection(): PDO
    {
        if ($this->db === null) {
            $db = ($this->connect)();
            if ($db->inTransaction()) {
                throw new StorageException('the connection has a transaction open; give the storage one of its own', 'pdo.shared');
            }
            foreach (self::SETTINGS as $setting => $value) {
                if ($setting !== PDO::ATTR_EMULATE_PREPARES || $db->getAttribute(PDO::ATTR_DRIVER_NAME) !== 'sqlite') { /* it has none */
                    $db->setAttribute($setting, $value);
                }
            }
            $this->dialect = PdoDialect::of($db);
            $this->dialect->prepare($db, $this->timeoutMs);
            $this->db = $db;
        }

        return $this->db;
    }

    private function apply(Change $change): bool
    {
        if ($change->op === Change::CHECK) {
            return $this->holds($change);
        }
        $t = Schema::table($change->table);
        $n = count($change->values);
        $expects = min($change->expected, 1); /* anything, nothing, or a version */
        $shape = "$change->op $change->table $n $expects";
        $statement = $this->statements[$shape] ?? $this->statement($this->write($change->op, $t, $n, $expects), $shape);
        $i = 1;
        if ($change->op === Change::PUT && $expects <= 0) {
            $i = $this->bind($statement, $i, $t, $change->values, 0, $n);
            $statement->bindValue($i, $change->version, PDO::PARAM_INT);
        } else {
            if ($change->op === Change::PUT) {
                $i = $this->bind($statement, $i, $t, $change->values, $t->keyWidth, $n);
                $statement->bindValue($i++, $change->version, PDO::PARAM_INT);
            }
            $i = $this->bind($statement, $i, $t, $change->values, 0, $t->keyWidth);
            if ($expects > 0) {
                $statement->bindValue($i, $change->expected, PDO::PARAM_INT);
            }
        }
        $statement->execute();

        return $statement->rowCount() === 1 || $change->op === Change::DELETE && $expects < 0;
    }

    /** What makes a change of this shape, and says by the number of rows it met whether it held. */
    private function write(int $op, Table $t, int $n, int $expects): string
    {
        $name = $this->quote($this->prefix . $t->name);
        $version = $this->quote('_version');
        $where = ' WHERE ' . $this->names($t, range(0, $t->keyWidth - 1), ' = ? AND ') . ' = ?' . ($expects > 0 ? " AND $version = ?" : '');
        if ($op === Change::DELETE) {
            return "DELETE FROM $name$where";
        }
        $set = [...array_map($this->quote(...), array_slice($t->columns, $t->keyWidth, $n - $t->keyWidth)), $version];
        if ($expects > 0) {
            return "UPDATE $name SET " . implode(' = ?, ', $set) . " = ?$where";
        }
        $key = $this->names($t, range(0, $t->keyWidth - 1), ', ');
        $then = $expects === 0 ? 'NOTHING' : 'UPDATE SET ' . implode(', ', array_map(static fn (string $c): string => "$c = excluded.$c", $set));

        return "INSERT INTO $name (" . implode(', ', [$key, ...$set]) . ') VALUES (' . str_repeat('?, ', $n) . "?) ON CONFLICT ($key) DO $then";
    }

    private function holds(Change $change): bool
    {
        if ($change->expected === Change::EXPECT_ANY) {
            return true;
        }
        $t = Schema::table($change->table);
        $where = ' WHERE ' . $this->names($t, range(0, $t->keyWidth - 1), ' = ? AND ') . ' = ?';
        $sql = 'SELECT ' . $this->quote('_version') . ' FROM ' . $this->quote($this->prefix . $t->name) . $where . $this->dialect->lock();
        $found = $this->run($this->statement($sql), $t, array_slice($change->values, 0, $t->keyWidth));
        $row = $found->fetch();
        $found->closeCursor();

        return $change->expected === ($row === false ? Change::EXPECT_ABSENT : $row[0]);
    }

    /** @param \Closure(): bool $work true: commit */
    private function transaction(\Closure $work): void
    {
        $this->guarded(fn () => $this->connection()->exec($this->dialect->begin()));
        try {
            if (!$this->guarded($work)) {
                $this->guarded(fn () => $this->db->exec('ROLLBACK'));

                return;
            }
        } catch (\Throwable $e) {
            $this->rollback();
            throw $e;
        }
        try {
            $this->db->exec('COMMIT');
        } catch (PDOException $e) {
            $this->lost($e);
        }
    }

    /* What cannot be rolled back is a connection that has to go, and the transaction with it. */
    private function rollback(): void
    {
        try {
            $this->db?->exec('ROLLBACK');
        } catch (PDOException) {
            $this->forget();
        }
    }

    /** COMMIT failed: either it certainly was not applied, or nobody knows. */
    private function lost(PDOException $e): never
    {
        $certain = $this->dialect->refusedCommit($e);
        $failure = $this->translate($e);
        $this->rollback();
        throw $certain ? $failure : new UncertainException('the end of a commit failed: ' . $e->getMessage(), 'pdo.commit', $e);
    }

    private function forget(): void
    {
        $this->statements = [];
        $this->db = null;
    }

    private function guarded(\Closure $work): mixed
    {
        try {
            return $work();
        } catch (PDOException $e) {
            throw $this->translate($e);
        }
    }

    private function translate(PDOException $e): RetryException|StorageException
    {
        if ($this->db !== null && $this->dialect->isGone($this->db)) {
            $this->forget(); /* the next call makes it anew */

            return new RetryException('the connection was lost: ' . $e->getMessage(), 'pdo.lost', $e);
        }

        return $this->db !== null && $this->dialect->isBusy($e)
            ? new RetryException('somebody else writes: ' . $e->getMessage(), 'pdo.busy', $e)
            : new StorageException($e->getMessage(), 'pdo.' . $e->getCode(), $e);
    }

    /**
     * Runs a statement whose values are those of these columns, by default the first ones, and numbers where a column is null.
     *
     * @param list<int|string|null> $values
     * @param list<int|null>|null   $columns
     */
    private function run(PDOStatement $statement, Table $t, array $values, ?array $columns = null): PDOStatement
    {
        foreach ($values as $i => $value) {
            $column = $columns === null ? $i : $columns[$i];
            $statement->bindValue($i + 1, $value, $column === null ? PDO::PARAM_INT : $this->type($t, $column, $value));
        }
        $statement->execute();

        return $statement;
    }

    /** Binds the values of the columns from $first to before $end, the first of them as parameter $i; answers the next parameter. */
    private function bind(PDOStatement $statement, int $i, Table $t, array $values, int $first, int $end): int
    {
        for ($column = $first; $column < $end; $column++) {
            $statement->bindValue($i++, $values[$column], $this->type($t, $column, $values[$column]));
        }

        return $i;
    }

    private function type(Table $t, int $column, int|string|null $value): int
    {
        return match (true) {
            $value === null => PDO::PARAM_NULL,
            is_int($value) => PDO::PARAM_INT,
            default => $t->bytes[$column] ? PDO::PARAM_LOB : PDO::PARAM_STR,
        };
    }

    private function rows(PDOStatement $found, Table $t, Sink $sink): void
    {
        try {
            while (($row = $found->fetch(PDO::FETCH_NUM)) !== false) {
                $version = array_pop($row);
                foreach ($row as $i => $value) {
                    if (is_resource($value)) {
                        $row[$i] = stream_get_contents($value);
                    }
                }
                $sink->row($version, $row);
            }
        } finally {
            $found->closeCursor();
        }
    }

    /** @param string|null $shape by which it is found again; null: its text */
    private function statement(string $sql, ?string $shape = null): PDOStatement
    {
        $shape ??= $sql;
        if (!isset($this->statements[$shape])) {
            if (count($this->statements) >= self::STATEMENTS) {
                $this->statements = [];
            }
            $this->statements[$shape] = $this->guarded(fn () => $this->connection()->prepare($sql));
        }

        return $this->statements[$shape];
    }

    private function select(Table $t, int $columns): string
    {
        $n = $columns === 0 ? count($t->columns) : min($columns, count($t->columns));

        return 'SELECT ' . $this->names($t, range(0, $n - 1), ', ') . ', ' . $this->quote('_version') . ' FROM ' . $this->quote($this->prefix . $t->name);
    }

    /** @param list<int> $positions */
    private function names(Table $t, array $positions, string $between): string
    {
        return implode($between, array_map(fn (int $i): string => $this->quote($t->columns[$i]), $positions));
    }

    private function quote(string $name): string
    {
        return '"' . $name . '"';
    }

    private function migrate(): void
    {
        if (!preg_match('/^[a-z_][a-z0-9_]{0,23}$/D', $this->prefix)) {
            throw new StorageException('a prefix is 1 to 24 small letters, digits and _', 'pdo.prefix');
        }
        $this->transaction(function (): bool {
            $from = $this->dialect->schemaVersion($this->db, $this->prefix);
            if ($from < Schema::version()) {
                $this->db->exec($this->dialect->ddl($from, $this->prefix));
            }

            return true;
        });
    }
}
