<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Storage;

use Adsync\Table;

/**
 * A range as SQL. The columns in which both bounds are equal are equalities; what is left of each bound is one comparison of row values,
 * so that an index is walked from its first row of the range to its last.
 *
 * @internal
 */
final class PdoRange
{
    /**
     * @param \Closure(string): string $quote
     *
     * @return array{string, string, list<int|string>, list<int>}|null WHERE, ORDER BY and LIMIT, values, their columns; null: an empty range
     */
    public static function sql(Range $range, Table $t, \Closure $quote): ?array
    {
        $index = $t->indexes[$range->index];
        $columns = $index['columns'];
        $name = static fn (int $i): string => $quote($t->columns[$columns[$i]]);
        $same = 0;
        $shared = min(count($range->lower), count($range->upper));
        while ($same < $shared && $range->lower[$same] === $range->upper[$same]) {
            $same++;
        }
        $start = $range->descending ? $range->upper : $range->lower;
        if ($range->exclusive && $start !== [] && $same === count($start)) {
            return null; /* all between the bounds equals the one that is left out */
        }
        $where = $values = $positions = [];
        for ($i = 0; $i < $same; $i++) {
            $where[] = $name($i) . ' = ?';
            $values[] = $range->lower[$i];
            $positions[] = $columns[$i];
        }
        foreach ([[$range->lower, '>', !$range->descending], [$range->upper, '<', $range->descending]] as [$bound, $sign, $starts]) {
            $n = count($bound);
            if ($n > $same) {
                $left = implode(', ', array_map($name, range($same, $n - 1)));
                $where[] = "($left) $sign" . ($starts && $range->exclusive ? '' : '=') . ' (' . str_repeat('?, ', $n - $same - 1) . '?)';
                array_push($values, ...array_slice($bound, $same));
                array_push($positions, ...array_slice($columns, $same, $n - $same));
            }
        }
        for ($i = 0; $range->index > 0 && $i < $index['width']; $i++) {
            $where[] = $name($i) . ' IS NOT NULL';
        }
        $down = $range->descending ? ' DESC' : '';
        $order = implode(', ', array_map(static fn (int $i): string => $name($i) . $down, array_keys($columns)));

        return [$where ? ' WHERE ' . implode(' AND ', $where) : '', " ORDER BY $order LIMIT ?", $values, $positions];
    }
}
