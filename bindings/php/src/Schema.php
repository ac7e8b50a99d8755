<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Exception\NotFoundException;

/** What is stored: the tables as the library describes them (adsync_table_*, adsync_index_*). */
final class Schema
{
    /** @var array<int, Table> */
    private static array $tables = [];

    /** The version of the tables that the library knows (adsync_schema_version). */
    public static function version(): int
    {
        return Library::ffi()->adsync_schema_version();
    }

    /**
     * All tables by number, from 1.
     *
     * @return array<int, Table>
     */
    public static function tables(): array
    {
        $n = Library::ffi()->adsync_table_count();

        return array_combine(range(1, $n), array_map(self::table(...), range(1, $n)));
    }

    /** A table by its number or name. */
    public static function table(int|string $table): Table
    {
        if (is_int($table)) {
            return self::$tables[$table] ??= new Table($table);
        }
        foreach (self::tables() as $known) {
            if ($known->name === $table) {
                return $known;
            }
        }
        throw new NotFoundException("there is no table $table", 'schema.table');
    }
}
