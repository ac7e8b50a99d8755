<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

/** How a call that a person waits for ended, where it did not fail: Ok, Pending or Partial, and what it gave. */
final class Outcome
{
    /**
     * @param int                                  $id   the grant, where one was made; else 0
     * @param list<array<string, int|string|null>> $rows what it gave; empty with Pending
     *
     * @internal
     */
    public function __construct(public readonly Status $status, public readonly int $id = 0, public readonly array $rows = [])
    {
    }

    /** Whether the wait ended first; the work goes on. */
    public function isPending(): bool
    {
        return $this->status === Status::Pending;
    }

    /** Whether some of it failed; rows say what. */
    public function isPartial(): bool
    {
        return $this->status === Status::Partial;
    }

    /**
     * The first row.
     *
     * @return array<string, int|string|null>|null
     */
    public function row(): ?array
    {
        return $this->rows[0] ?? null;
    }
}
