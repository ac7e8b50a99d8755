<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/**
 * Everything that a call of the library can fail with. There is one class per status, so that code catches what it can do something
 * about; getName() is the finer name, which only ever grows ("meta.190.463"), getCode() the status' number. The message is one line that
 * a person understands; it never holds a secret.
 */
abstract class AdsyncException extends \RuntimeException
{
    /** The status' number, ADSYNC_E_*. */
    public const STATUS = 0;

    private const CLASSES = [
        InvalidException::STATUS => InvalidException::class,
        MemoryException::STATUS => MemoryException::class,
        BusyException::STATUS => BusyException::class,
        NotFoundException::STATUS => NotFoundException::class,
        ConflictException::STATUS => ConflictException::class,
        StorageException::STATUS => StorageException::class,
        UncertainException::STATUS => UncertainException::class,
        AuthException::STATUS => AuthException::class,
        PermissionException::STATUS => PermissionException::class,
        LimitException::STATUS => LimitException::class,
        TransientException::STATUS => TransientException::class,
        RejectedException::STATUS => RejectedException::class,
        FormatException::STATUS => FormatException::class,
        ForgedException::STATUS => ForgedException::class,
        UnsupportedException::STATUS => UnsupportedException::class,
        CancelledException::STATUS => CancelledException::class,
        HostException::STATUS => HostException::class,
        InternalException::STATUS => InternalException::class,
        RetryException::STATUS => RetryException::class,
        TooBigException::STATUS => TooBigException::class,
    ];

    final public function __construct(string $message = '', private readonly string $name = '', ?\Throwable $previous = null)
    {
        parent::__construct($message, static::STATUS, $previous);
    }

    /** The finer name, for instance "storage.conflict"; "" where there is none. */
    public function getName(): string
    {
        return $this->name;
    }

    /**
     * The exception of a status.
     *
     * @param int $status below 0; one that a newer library added gives an InternalException
     */
    public static function of(int $status, string $message, string $name = ''): self
    {
        $class = self::CLASSES[$status] ?? InternalException::class;

        return new $class($message, $name);
    }
}
