<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Storage;

/** A backend that deletes many rows at once. */
interface Erasing extends Backend
{
    /**
     * Deletes at most $limit rows whose key starts with the prefix.
     *
     * @param list<int|string> $prefix
     *
     * @return bool whether some are left
     */
    public function erase(int $table, array $prefix, int $limit): bool;
}
