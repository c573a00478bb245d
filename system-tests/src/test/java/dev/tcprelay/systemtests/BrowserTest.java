package dev.tcprelay.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real browser shows a page of fifty resources through the SOCKS port: each of them colours one tile. */
class BrowserTest {
    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static final int TILES = 50;
    private static final int COLUMNS = 10;
    private static final int SIDE = 60;

    private static SocksPort socks;

    @BeforeAll
    static void aPageOfFiftyTiles() throws Exception {
        Nginx nginx = Nginx.start(STAGE);
        for (int tile = 0; tile < TILES; tile++) {
            switch (tile % 3) {
                case 0 ->
                    ImageIO.write(
                            image(tile),
                            "png",
                            nginx.root().resolve(tile + ".png").toFile());
                case 1 -> nginx.add(tile + ".css", "#t" + tile + " { background: " + hex(tile) + " }");
                default ->
                    nginx.add(
                            tile + ".js",
                            "document.getElementById('t" + tile + "').style.background = '" + hex(tile) + "'");
            }
        }
        nginx.add("index.html", page());
        Network network = Network.shared();
        network.expose("tiles", nginx.address());
        socks = network.socks();
    }

    /** No two tiles have the same colour, and none has that of the page. */
    private static Color colour(int tile) {
        return Color.getHSBColor((float) tile / TILES, 1, tile % 2 == 0 ? 1 : 0.6f);
    }

    private static String hex(int tile) {
        return String.format("#%06x", colour(tile).getRGB() & 0xffffff);
    }

    private static BufferedImage image(int tile) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        int[] pixels = new int[SIDE * SIDE];
        Arrays.fill(pixels, colour(tile).getRGB());
        image.setRGB(0, 0, SIDE, SIDE, pixels, 0, SIDE);
        return image;
    }

    private static String page() {
        StringBuilder tiles = new StringBuilder();
        StringBuilder resources = new StringBuilder();
        for (int tile = 0; tile < TILES; tile++) {
            String content = tile % 3 == 0 ? "<img src='" + tile + ".png' onload='loaded++'>" : "";
            tiles.append("<div id='t").append(tile).append("'>").append(content).append("</div>\n");
            if (tile % 3 == 1) {
                resources.append("<link rel='stylesheet' href='" + tile + ".css' onload='loaded++'>\n");
            } else if (tile % 3 == 2) {
                resources.append("<script src='" + tile + ".js' onload='loaded++'></script>\n");
            }
        }
        return """
                <!DOCTYPE html>
                <html><head><style>
                  body { margin: 0; font: 40px sans-serif; width: %1$dpx }
                  div { float: left; width: %2$dpx; height: %2$dpx }
                  p { margin: 0; clear: both }
                </style><script>
                  let loaded = 0
                  onload = () => { document.getElementById('sum').textContent = loaded + ' of %3$d' }
                </script></head><body>
                %4$s%5$s<p id='sum'></p></body></html>
                """.formatted(COLUMNS * SIDE, SIDE, TILES, tiles, resources);
    }

    @Test
    void allFiftyAreLoadedAndSeen() throws Exception {
        Path screenshot = STAGE.file("screenshot.png");
        Result browser = STAGE.run(chromium()
                        .and("--dump-dom", "--screenshot=" + screenshot, "--window-size=600,500", "http://tiles/"))
                .succeeds();
        assertTrue(browser.out().contains(">50 of 50</p>"), browser.out());
        BufferedImage picture = ImageIO.read(screenshot.toFile());
        for (int tile = 0; tile < TILES; tile++) {
            int x = tile % COLUMNS * SIDE + SIDE / 2;
            int y = tile / COLUMNS * SIDE + SIDE / 2;
            assertEquals(colour(tile), new Color(picture.getRGB(x, y)), "colour of tile " + tile);
        }
    }

    private static Invocation chromium() throws Exception {
        Invocation chromium = Invocation.of("chromium", "--headless=new", "--disable-gpu", "--hide-scrollbars")
                .and("--user-data-dir=" + STAGE.directory("browser"), "--no-first-run", "--disable-dev-shm-usage")
                .and("--proxy-server=socks5://127.0.0.1:" + socks.port());
        boolean root = "root".equals(System.getProperty("user.name"));
        return root ? chromium.and("--no-sandbox") : chromium;
    }
}
