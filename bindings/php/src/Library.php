<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Exception\UnsupportedException;
use Adsync\Internal\Errors;
use Adsync\Internal\Memory;
use Adsync\Internal\Trampolines;
use FFI;
use FFI\CData;

/**
 * Finds libadsync and its adapters and loads them once per request (or once per server, see preload.php).
 *
 * Where they are is said by two environment variables, or by configure() before anything else is used:
 *
 * - ADSYNC_LIBRARIES: directories of libadsync.so.*, libadsync-sqlite.so.*, libadsync-postgres.so.*, separated by colons. Without it the
 *   system's loader looks for them (ldconfig).
 * - ADSYNC_DECLARATIONS: directories of adsync.ffi.h and its adapters' files, which `meson install` puts into share/adsync.
 */
final class Library
{
    /** The releases whose interface this package speaks: the number in the library's file name. */
    private const SONAME = '0.1';
    private const SCOPE = 'ADSYNC';
    private const SHARE = '/usr/local/share/adsync:/usr/share/adsync';
    private const PROBE = "uint32_t adsync_version(void);\n";
    private const PARTS = ['adsync', 'adsync-sqlite', 'adsync-postgres'];
    /* what PHP needs and C has not: a text's address as a number, since FFI makes strings of `const char *` up to their first NUL */
    private const OWN = "\ntypedef struct adsync_php_slot { uintptr_t address; } adsync_php_slot;\n";

    private static ?FFI $ffi = null;
    /** @var array<string, FFI> keeps the libraries loaded */
    private static array $loaded = [];
    /** @var array<string, FFI\CType> */
    private static array $types = [];
    private static ?string $libraries = null;
    private static ?string $declarations = null;

    /**
     * Says where the library lies; to be called before anything else of the package is used.
     *
     * @param string|null $libraries    directories, separated by colons
     * @param string|null $declarations directories, separated by colons
     */
    public static function configure(?string $libraries = null, ?string $declarations = null): void
    {
        self::$libraries = $libraries;
        self::$declarations = $declarations;
    }

    /**
     * The version of the library that is loaded, for instance 100 for 0.1.0 (adsync_version).
     */
    public static function version(): int
    {
        return self::ffi()->adsync_version();
    }

    /**
     * Whether an adapter is there: "sqlite" or "postgres".
     */
    public static function has(string $adapter): bool
    {
        self::ffi();
        if (self::$loaded) {
            return isset(self::$loaded['adsync-' . $adapter]);
        }
        try { /* preloaded: what was not there has no symbol in the scope */
            return (bool) self::ffi()->{'adsync_' . $adapter . '_open'};
        } catch (FFI\Exception) {
            return false;
        }
    }

    /**
     * Refuses, in words, what needs an adapter that is not installed.
     *
     * @internal
     */
    public static function demand(string $adapter): void
    {
        if (!self::has($adapter)) {
            throw new UnsupportedException("libadsync-$adapter is not installed, or not where ADSYNC_LIBRARIES and ADSYNC_DECLARATIONS say", 'php.adapter');
        }
    }

    /**
     * The library as FFI sees it, for what this package does not wrap.
     *
     * @internal
     */
    public static function ffi(): FFI
    {
        return self::$ffi ??= self::scope() ?? self::load();
    }

    /**
     * What PHP's setting ffi.preload has to name, so that web servers find the library: files by name. bin/adsync-preload writes them.
     *
     * @internal
     *
     * @return array<string, string>
     */
    public static function preloads(): array
    {
        $files = [];
        $declarations = '#define FFI_SCOPE "' . self::SCOPE . "\"\n";
        foreach (self::parts() as $part => [$library, $text]) {
            $files[count($files) . "-$part.h"] = "#define FFI_SCOPE \"ADSYNC_$part\"\n#define FFI_LIB \"$library\"\n" . self::PROBE;
            $declarations .= $text;
        }

        return $files + ['9-scope.h' => $declarations . self::OWN];
    }

    /**
     * Calls a function whose last parameter is the error, and throws what it failed with.
     *
     * @internal
     *
     * @return int the status, 0 or above
     */
    public static function call(string $function, #[\SensitiveParameter] mixed ...$arguments): int
    {
        foreach ($arguments as $argument) {
            if (is_string($argument) && str_contains($argument, "\0")) {
                throw new Exception\InvalidException("$function: a text holds a NUL", 'php.nul');
            }
        }

        return self::raw($function, ...$arguments);
    }

    /**
     * As call(), for functions that take bytes.
     *
     * @internal
     */
    public static function raw(string $function, #[\SensitiveParameter] mixed ...$arguments): int
    {
        $ffi = self::ffi();
        $error = self::make('adsync_error *');
        $kept = [];
        foreach ($arguments as $i => $argument) {
            if (is_string($argument)) { /* as a pointer, so that no stack trace of a callback shows a secret */
                [$arguments[$i], $kept[]] = Memory::text($argument);
            }
        }
        $arguments[] = FFI::addr($error);
        $status = $ffi->$function(...$arguments);
        if ($status < 0) {
            throw Errors::take($status, $error);
        }
        Trampolines::rethrow();

        return $status;
    }

    /**
     * A new C object; its type is looked up once.
     *
     * @internal
     */
    public static function make(string $type): CData
    {
        return self::ffi()->new(self::$types[$type] ??= self::ffi()->type($type));
    }

    /**
     * @internal
     */
    public static function cast(string $type, CData $what): CData
    {
        return self::ffi()->cast(self::$types[$type] ??= self::ffi()->type($type), $what);
    }

    private static function scope(): ?FFI
    {
        try {
            return FFI::scope(self::SCOPE);
        } catch (FFI\Exception) {
            return null; /* not preloaded */
        }
    }

    private static function load(): FFI
    {
        return FFI::cdef(implode('', array_column(self::parts(), 1)) . self::OWN);
    }

    /**
     * Loads what is installed, which makes the symbols of all of it visible to one set of declarations.
     *
     * @return array<string, array{string, string}> file names and declarations
     */
    private static function parts(): array
    {
        $parts = [];
        foreach (self::PARTS as $part) {
            $found = self::find($part);
            if ($found === null) {
                continue;
            }
            try {
                self::$loaded[$part] = FFI::cdef(self::PROBE, $found[0]);
            } catch (FFI\Exception $e) {
                if ($part === self::PARTS[0]) {
                    throw new UnsupportedException(self::advice($e->getMessage()), 'php.library', $e);
                }
                continue; /* its declarations are there, itself is not */
            }
            $parts[$part] = $found;
        }

        return $parts;
    }

    /** @return array{string, string}|null the library's file name and its declarations */
    private static function find(string $part): ?array
    {
        $text = null;
        foreach (explode(':', self::$declarations ?? (getenv('ADSYNC_DECLARATIONS') ?: self::SHARE)) as $folder) {
            if (is_file("$folder/$part.ffi.h")) {
                $text = file_get_contents("$folder/$part.ffi.h");
                break;
            }
        }
        if ($text === null || $text === false) {
            return $part === 'adsync' ? throw new UnsupportedException(self::advice('adsync.ffi.h is not there'), 'php.library') : null;
        }
        $name = "lib$part.so." . self::SONAME;
        foreach (explode(':', self::$libraries ?? (getenv('ADSYNC_LIBRARIES') ?: '')) as $folder) {
            if ($folder !== '' && is_file("$folder/$name")) {
                return ["$folder/$name", $text];
            }
        }

        return [$name, $text];
    }

    private static function advice(string $what): string
    {
        return "libadsync could not be loaded: $what. Install it (meson install, ldconfig), or say where it is with ADSYNC_LIBRARIES and"
            . ' ADSYNC_DECLARATIONS; outside the command line PHP needs ffi.enable=1 or preloading, see the package\'s README';
    }
}
