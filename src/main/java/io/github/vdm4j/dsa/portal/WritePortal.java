package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.engine.channel.Descriptor;
import io.github.vdm4j.machine.LibC;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/** A portal that calls write(2) of the C library. A submission does not allocate. */
final class WritePortal implements Portal {
    private final Path node;
    private final int file;

    WritePortal(Path node) throws IOException {
        this.node = node;
        file = openFile();
    }

    private int openFile() throws IOException {
        return LibC.openExisting(node.toString().getBytes());
    }

    @Override
    public int submit(Submission submission) {
        VarHandle.fullFence(); // the device must not see the descriptor before its data
        long accepted = LibC.write(submission.callState(), file,
                submission.descriptor().address(), Descriptor.BYTES);
        // Linux accepts a whole descriptor or nothing.
        return accepted == Descriptor.BYTES ? 0 : accepted < 0 ? (int) accepted : DsaStatus.EIO;
    }

    /**
     * Keeps the descriptor's number, because a closed number can be reused for another file at
     * once.
     */
    @Override
    public void reopen() throws IOException {
        LibC.replace(file, openFile());
    }

    @Override
    public void close() {
        LibC.close(file);
    }
}
