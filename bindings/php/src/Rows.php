<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Handle;
use FFI;
use FFI\CData;

/**
 * Rows that a call gave (adsync_rows). Like a PDOStatement they are gone through once, forwards:
 *
 *     foreach ($engine->metrics->query('acme', by: Metrics::BY_DAY) as $row) {
 *         echo $row['day'], ' ', Format::money($row['spend'], $row['currency']), "\n";
 *     }
 *
 * A row is an array by column name. Numbers are int, exact to 64 bits: days 20261120, times microseconds UTC, money micro-units of its
 * currency; Format makes them readable. All else is string; what is null is null.
 *
 * @implements \IteratorAggregate<int, array<string, int|string|null>>
 */
final class Rows implements \IteratorAggregate, \Countable, \JsonSerializable
{
    private const KIND_INT = 1;
    private const KIND_TEXT = 2;
    private const KIND_BYTES = 3;

    private readonly Handle $handle;
    /** @var array<int, string>|null names by column id */
    private ?array $columns = null;

    /** @internal */
    public function __construct(CData $rows)
    {
        $this->handle = new Handle($rows, 'adsync_rows_free');
    }

    /**
     * Steps to the next row (adsync_rows_next).
     *
     * @return array<string, int|string|null>|null null at the end
     */
    public function next(): ?array
    {
        $rows = $this->handle->get();
        if (Library::raw('adsync_rows_next', $rows) !== Status::Row->value) {
            return null;
        }
        $ffi = Library::ffi();
        $row = [];
        foreach ($this->columns ??= $this->names() as $column => $name) {
            $row[$name] = match ($ffi->adsync_rows_kind($rows, $column)) {
                self::KIND_INT => $ffi->adsync_rows_int($rows, $column),
                self::KIND_TEXT => $ffi->adsync_rows_text($rows, $column),
                self::KIND_BYTES => self::bytes($rows, $column),
                default => null,
            };
        }

        return $row;
    }

    /**
     * The rows from here on.
     *
     * @return \Generator<int, array<string, int|string|null>>
     */
    public function getIterator(): \Generator
    {
        while (($row = $this->next()) !== null) {
            yield $row;
        }
    }

    /**
     * The rows from here on, at once.
     *
     * @return list<array<string, int|string|null>>
     */
    public function toArray(): array
    {
        return iterator_to_array($this, false);
    }

    /**
     * One column of the rows from here on, by default the first.
     *
     * @return list<int|string|null>
     */
    public function column(?string $name = null): array
    {
        return array_column($this->toArray(), $name ?? $this->columnNames()[0]);
    }

    /** @return list<string> the columns' names, in order */
    public function columnNames(): array
    {
        return array_values($this->columns ??= $this->names());
    }

    /** How many rows there are, stepped over or not (adsync_rows_count). */
    public function count(): int
    {
        return Library::ffi()->adsync_rows_count($this->handle->get());
    }

    /**
     * The rows from here on as a JSON array for people: days as 2026-11-20, kinds as words, nulls left out (adsync_rows_json). Does not step.
     */
    public function json(): string
    {
        $error = Library::make('adsync_error *');
        $json = Library::ffi()->adsync_rows_json($this->handle->get(), FFI::addr($error));

        return $json ?? throw Internal\Errors::take(Library::ffi()->adsync_error_status($error), $error);
    }

    /** @return list<mixed> */
    public function jsonSerialize(): array
    {
        return json_decode($this->json(), true, 512, JSON_THROW_ON_ERROR);
    }

    /** @return array<int, string> */
    private function names(): array
    {
        $ffi = Library::ffi();
        $rows = $this->handle->get();
        $names = [];
        for ($i = 0, $n = $ffi->adsync_rows_width($rows); $i < $n; $i++) {
            $column = $ffi->adsync_rows_column($rows, $i);
            $names[$column] = $ffi->adsync_column_name($column);
        }

        return $names;
    }

    private static function bytes(CData $rows, int $column): string
    {
        $size = Library::make('size_t');
        $p = Library::ffi()->adsync_rows_bytes($rows, $column, FFI::addr($size));

        return $size->cdata ? FFI::string($p, $size->cdata) : '';
    }
}
