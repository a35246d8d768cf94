import "@react-spectrum/s2/page.css";
import "@fontsource-variable/source-sans-3/wght.css";
import "../src/app/fonts.css";
import "../src/app/app.css";
import "./setup.css";
