package io.github.vdm4j.platform;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Opens shared objects by the system's own dynamic loader, because {@link
 * SymbolLookup#libraryLookup} keeps the loader's words to itself. A library stays open for the life
 * of the JVM.
 */
public final class DynamicLoader {
    private static final int RTLD_NOW = 2;
    private static final long LONGEST_MESSAGE = 4096;

    private final MethodHandle dlopen;
    private final MethodHandle dlsym;
    private final MethodHandle dlerror;

    /**
     * Finds the loader's functions.
     *
     * @throws UnsatisfiedLinkError if this platform has none
     */
    public DynamicLoader() {
        // void *dlopen(const char *file, int mode)
        dlopen = bind("dlopen", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
        // void *dlsym(void *handle, const char *name)
        dlsym = bind("dlsym", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
        // char *dlerror(void)
        dlerror = bind("dlerror", FunctionDescriptor.of(ADDRESS));
    }

    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        MemorySegment address =
                linker
                        .defaultLookup()
                        .find(name)
                        .orElseThrow(() -> new UnsatisfiedLinkError("this platform has no " + name));
        return linker.downcallHandle(address, descriptor);
    }

    /**
     * Opens a library.
     *
     * @param file a path with a slash, or a name to be searched for where the loader searches
     * @return its symbols
     * @throws LoadException with the loader's words, without the name in front
     */
    public SymbolLookup open(String file) throws LoadException {
        MemorySegment handle;
        try (Arena arena = Arena.ofConfined()) {
            handle = (MemorySegment) dlopen.invokeExact(arena.allocateFrom(file), RTLD_NOW);
            if (handle.equals(MemorySegment.NULL)) {
                throw new LoadException(lastError(file));
            }
        } catch (LoadException e) {
            throw e;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
        return name -> find(handle, name);
    }

    private Optional<MemorySegment> find(MemorySegment handle, String name) {
        try (Arena arena = Arena.ofConfined()) {
            var symbol = (MemorySegment) dlsym.invokeExact(handle, arena.allocateFrom(name));
            return symbol.equals(MemorySegment.NULL) ? Optional.empty() : Optional.of(symbol);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    private String lastError(String file) throws Throwable {
        var message = (MemorySegment) dlerror.invokeExact();
        if (message.equals(MemorySegment.NULL)) {
            return "the dynamic loader gave no reason";
        }
        String words = message.reinterpret(LONGEST_MESSAGE).getString(0);
        return words.startsWith(file + ": ") ? words.substring(file.length() + 2) : words;
    }

    /** The loader refused a library. */
    public static final class LoadException extends Exception {
        private static final long serialVersionUID = 1L;

        LoadException(String words) {
            super(words);
        }
    }
}
