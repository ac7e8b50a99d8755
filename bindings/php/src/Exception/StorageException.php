<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_STORAGE: the storage failed and nothing was applied. */
final class StorageException extends AdsyncException
{
    public const STATUS = -6;
}
