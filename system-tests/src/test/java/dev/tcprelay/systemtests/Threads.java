package dev.tcprelay.systemtests;

/** Threads of the tests' own ends; they never keep the JVM alive. */
final class Threads {
    private Threads() {}

    /** Work that may fail because its connection or process has ended. */
    interface Work {
        void run() throws Exception;
    }

    /** What it throws ends it: the other end of the connection tells the test what went wrong. */
    static Thread start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Exception e) {
                        if (Boolean.getBoolean("verbose")) {
                            e.printStackTrace();
                        }
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Waits for the end of a thread that is about to end. */
    static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
