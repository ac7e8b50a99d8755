<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Storage;

/** A backend that wakes the workers of other processes. */
interface Notifying extends Backend
{
    /** A commit made work due: tell the others. */
    public function notify(): void;
}
