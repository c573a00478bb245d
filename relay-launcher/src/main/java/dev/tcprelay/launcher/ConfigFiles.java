package dev.tcprelay.launcher;

import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The config files of one command line.
 *
 * @param files those that could be read
 * @param problems of all of them by file, in the order of the command line; with an empty list for those without
 */
record ConfigFiles(List<DeploymentFile> files, Map<String, List<String>> problems) {
    static ConfigFiles read(List<Path> paths, Surroundings surroundings) {
        List<DeploymentFile> files = new ArrayList<>();
        Map<String, List<String>> problems = new LinkedHashMap<>();
        for (Path path : paths) {
            try {
                DeploymentFile file = DeploymentFile.read(path, surroundings);
                files.add(file);
                problems.put(
                        file.name(),
                        file.problems().stream().map(FileProblem::toString).toList());
            } catch (FileSystemException e) {
                problems.put(path.toString(), List.of(String.valueOf(e.getMessage())));
            }
        }
        return new ConfigFiles(files, problems);
    }

    boolean ok() {
        return problems.values().stream().allMatch(List::isEmpty);
    }
}
