import { render } from "preact";
import "./design/tokens.css";
import "./design/base.css";
import "./design/controls.css";
import "./design/layers.css";
import { Shell } from "./shell/shell.js";
import "./shell/theme.js";

const root = document.getElementById("app");
if (root !== null) render(<Shell />, root);
