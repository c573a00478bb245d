package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Somebody who has just cloned the project types the first command of the README. */
class NewcomerTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    @Test
    void theDemoPrintsACommandThatWorksAsPrintedAndEndsWithoutATrace() throws Exception {
        RelayCommand newcomer = RelayCommand.in(STAGE, "newcomer");
        Program demo = newcomer.start("demo");
        String command = demo.awaitLine("^Try: (curl .*)", 60).group(1);

        Result page = STAGE.run(Invocation.bash(command).named("try")).succeeds();
        assertTrue(page.out().contains("behind the skeleton"), page.out());

        List<ProcessHandle> children = demo.process().descendants().toList();
        assertEquals(0, demo.terminate(10));
        for (ProcessHandle child : children) {
            assertFalse(child.isAlive(), "a child of the demo goes on: " + child.info());
        }
        assertFalse(Files.exists(newcomer.home()), "the demo leaves the user's own state alone");
        try (Stream<java.nio.file.Path> left = Files.list(newcomer.place().resolve("tmp"))) {
            assertEquals(List.of(), left.toList(), "temporary files that the demo left");
        }
    }
}
