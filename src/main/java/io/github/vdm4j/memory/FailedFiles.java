package io.github.vdm4j.memory;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files whose write-back has failed in this process. The kernel reports such a failure once and
 * may drop the pages. Therefore a later success does not mean that the bytes are durable.
 *
 * <p>The number of recorded files is limited. If the limit is exceeded, every file is treated like
 * a failed file.
 */
final class FailedFiles {
    /**
     * A failure with its number among the failures of all files. The creation time distinguishes
     * the file from later files with the same inode number. It is null if it is unknown.
     */
    record Failure(int number, String birth) {
        boolean concerns(MappedFile mapping) {
            return number > mapping.failuresBefore
                    && (birth == null
                            || mapping.birth == null
                            || birth.equals(mapping.birth));
        }
    }

    private final int capacity;

    /** The latest failure by device and inode number. */
    private final Map<String, Failure> latest;

    /** The number of the latest failure that concerns every file. */
    private volatile int ofEveryFile;

    /** The number of the latest failure, or 0 before the first failure. */
    private volatile int count;

    FailedFiles(int capacity) {
        this(capacity, new ConcurrentHashMap<>());
    }

    FailedFiles(int capacity, Map<String, Failure> latest) {
        this.capacity = capacity;
        this.latest = latest;
    }

    int count() {
        return count;
    }

    synchronized void add(MappedFile mapping) {
        String file = mapping.file();
        int number = count + 1;
        if (file == null) {
            mapping.fail(); // other mappings of the file are unknown
        } else if (!put(file, number, mapping.birth)) {
            ofEveryFile = number;
        }
        count = number;
    }

    /** Returns false if the record or the heap is full. */
    private boolean put(String file, int number, String birth) {
        try {
            if (latest.size() >= capacity && !latest.containsKey(file)) {
                return false;
            }
            latest.put(file, new Failure(number, birth));
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    boolean concern(MappedFile mapping) {
        Failure failure = mapping.file() == null ? null : latest.get(mapping.file());
        return failure != null && failure.concerns(mapping) || ofEveryFile > mapping.failuresBefore;
    }
}
