package dev.tcprelay.client;

/**
 * What to do after bytes were fed to a {@link ProxyRequest}. Every step may bring bytes to write first. The arrays
 * belong to the receiver; steps are not compared.
 */
@SuppressWarnings("ArrayRecordComponent")
sealed interface ProxyStep {
    /** No bytes. */
    byte[] NOTHING = {};

    /** To be written to the application before anything else; often empty. */
    byte[] reply();

    /** Hands this step to the method of its kind. */
    void deliverTo(Handler handler);

    /** Takes a step, one method per kind. */
    interface Handler {
        void more(More step);

        void connect(Connect step);

        void fail(Fail step);
    }

    /** Write, then feed what comes next. */
    record More(byte[] reply) implements ProxyStep {
        static final More SILENT = new More(NOTHING);

        @Override
        public void deliverTo(Handler handler) {
            handler.more(this);
        }
    }

    /**
     * The request is complete: write, try to reach the host, then write {@link ProxyRequest#success()} or
     * {@link ProxyRequest#failure(ProxyFailure)}.
     *
     * @param host as the application sent it, one char per byte and never empty, otherwise unchecked: not to be
     *     logged or resolved before {@link ServerName} has accepted it
     * @param port 1 to 65535
     * @param early what the application sent after its request, the first bytes for the server
     */
    record Connect(byte[] reply, String host, int port, byte[] early) implements ProxyStep {
        @Override
        public void deliverTo(Handler handler) {
            handler.connect(this);
        }
    }

    /**
     * Write, then close so that the application can still read the reply: end the output and let what it sends run
     * out, since closing with unread input makes TCP reset the connection and drop the reply.
     *
     * @param cause for the log; contains nothing that the application sent
     */
    record Fail(byte[] reply, String cause) implements ProxyStep {
        @Override
        public void deliverTo(Handler handler) {
            handler.fail(this);
        }
    }
}
