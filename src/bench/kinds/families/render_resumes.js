// usage: node render_resumes.js MODULES RESUMES OUT: each theme of jsonresume in MODULES renders each RESUMES/*.json.
const fs = require('fs');
const path = require('path');
const [modules, resumes, out] = process.argv.slice(2);

async function main() {
  const themes = fs.readdirSync(modules).filter((n) => n.startsWith('jsonresume-theme-'));
  for (const name of themes) {
    try {
      let theme;
      try { theme = require(path.join(modules, name)); } catch (e) {
        const info = JSON.parse(fs.readFileSync(path.join(modules, name, 'package.json')));
        theme = await import(path.join(modules, name, info.module || info.main || 'index.js'));
      }
      const render = theme.render || (theme.default && theme.default.render) || theme.default;
      for (const file of fs.readdirSync(resumes)) {
        const resume = JSON.parse(fs.readFileSync(path.join(resumes, file)));
        const html = await render(resume);
        if (typeof html !== 'string' || html.length < 1000) continue;
        const folder = path.join(out, name.slice('jsonresume-theme-'.length));
        fs.mkdirSync(folder, { recursive: true });
        fs.writeFileSync(path.join(folder, file.replace(/json$/, 'html')), html);
      }
    } catch (e) { console.error(name + ': ' + String(e).split('\n')[0]); }
  }
}
main();
