<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Storage;

/** A backend with a clock of its own, which all its handles share. */
interface Timed extends Backend
{
    /** Microseconds UTC. */
    public function now(): int;
}
