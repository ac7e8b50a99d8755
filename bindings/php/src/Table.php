<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Exception\NotFoundException;

/** One table that a storage keeps. Columns and indexes count from 0; index 0 is the key, whose columns are the first ones. */
final class Table
{
    private const KIND_BYTES = 3;

    /** For instance "metrics". */
    public readonly string $name;
    /** How many columns lead as its key. */
    public readonly int $keyWidth;
    /** @var list<string> the columns' names */
    public readonly array $columns;
    /** @var list<bool> which columns hold numbers */
    public readonly array $numbers;
    /** @var list<bool> which columns hold bytes; the rest is text */
    public readonly array $bytes;
    /** @var list<array{name: string, width: int, columns: list<int>}> columns: positions, the key's that it lacks at the end */
    public readonly array $indexes;

    /** @internal Schema::table makes them */
    public function __construct(public readonly int $number)
    {
        $ffi = Library::ffi();
        $this->name = $ffi->adsync_table_name($number) ?? throw new NotFoundException("there is no table $number", 'schema.table');
        $this->keyWidth = $ffi->adsync_index_width($number, 0);
        $columns = $numbers = $bytes = $indexes = [];
        for ($i = 0, $n = $ffi->adsync_table_width($number); $i < $n; $i++) {
            $kind = $ffi->adsync_table_column_kind($number, $i);
            $columns[] = $ffi->adsync_column_name($ffi->adsync_table_column($number, $i));
            $numbers[] = $kind === 1;
            $bytes[] = $kind === self::KIND_BYTES;
        }
        for ($i = 0, $n = $ffi->adsync_table_indexes($number); $i < $n; $i++) {
            $of = [];
            while (($column = $ffi->adsync_index_column($number, $i, count($of))) < count($columns)) {
                $of[] = $column;
            }
            $indexes[] = ['name' => $ffi->adsync_index_name($number, $i), 'width' => $ffi->adsync_index_width($number, $i), 'columns' => $of];
        }
        [$this->columns, $this->numbers, $this->bytes, $this->indexes] = [$columns, $numbers, $bytes, $indexes];
    }
}
