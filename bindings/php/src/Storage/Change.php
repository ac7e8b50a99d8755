<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Storage;

/** One change of a commit (adsync_change). */
final class Change
{
    /** Write the row, or its leading columns. */
    public const PUT = 1;
    /** Remove the row. */
    public const DELETE = 2;
    /** Only demand that the expected version stands. */
    public const CHECK = 3;
    /** Whatever is there; for puts and deletes. */
    public const EXPECT_ANY = -1;
    /** No row may be there; for puts only. */
    public const EXPECT_ABSENT = 0;

    /**
     * @param int                   $op       PUT, DELETE or CHECK
     * @param list<int|string|null> $values   the key's columns first; a put: the first so many columns, later ones keep their values
     * @param int                   $expected EXPECT_ANY, EXPECT_ABSENT, or the version that must stand
     * @param int                   $version  a put: the row's new version; given to Storage::commit as 0 it is drawn
     */
    public function __construct(
        public readonly int $op,
        public readonly int $table,
        public readonly array $values,
        public readonly int $expected = self::EXPECT_ANY,
        public readonly int $version = 0,
    ) {
    }
}
