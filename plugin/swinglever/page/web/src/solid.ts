/** The runner in WebGL: bones, muscles, lever, disc, heel's path and ghost. */

import {
  AmbientLight, BufferAttribute, BufferGeometry, CircleGeometry, Color, CylinderGeometry, DirectionalLight,
  DoubleSide, GridHelper, InstancedMesh, Line, LineBasicMaterial, Matrix4, Mesh, MeshBasicMaterial,
  MeshLambertMaterial, PerspectiveCamera, Quaternion, Scene, SRGBColorSpace, Vector3, WebGLRenderer,
} from "three";
import { style } from "./colours";
import { eyeDirection, type Figure, type Looks } from "./figure";
import type { Motion, Point } from "./motion";
import type { Player } from "./player";

const UP = new Vector3(0, 1, 0);

export class SolidFigure implements Figure {
  readonly canvas: HTMLCanvasElement;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera(26, 1, 0.1, 50);
  private readonly bones: Mesh<BufferGeometry, MeshLambertMaterial>[] = [];
  private readonly rods = rods(900, 6, new MeshLambertMaterial());
  private readonly lever = rods(1, 12, new MeshLambertMaterial());
  private readonly ghost = rods(24, 10, new MeshLambertMaterial({ transparent: true, opacity: 0.6 }));
  private readonly disc: Mesh<CircleGeometry, MeshBasicMaterial>;
  private readonly path = new Line(new BufferGeometry(), new LineBasicMaterial());
  private readonly grid: GridHelper;
  private readonly floor: number;
  private readonly sharpness: number;
  private pathOf = -1;

  constructor(private readonly motion: Motion) {
    // Quiet where there is no WebGL: the stick figure takes over.
    const canvas = document.createElement("canvas");
    const antialias = !drawnInSoftware();
    const context = canvas.getContext("webgl2", { antialias, alpha: true });
    if (!context) throw new Error("no WebGL");
    this.renderer = new WebGLRenderer({ canvas, context, antialias, alpha: true });
    this.sharpness = antialias ? 1.5 : 1;
    this.renderer.outputColorSpace = SRGBColorSpace;
    this.canvas = canvas;
    this.floor = motion.floor;
    this.disc = new Mesh(
      new CircleGeometry(1, 48),
      new MeshBasicMaterial({ transparent: true, opacity: 0.16, side: DoubleSide, depthWrite: false }),
    );
    this.grid = new GridHelper(12, 24);
    this.grid.position.y = this.floor;
    const sun = new DirectionalLight(0xffffff, 2.2);
    sun.position.set(2, 5, 4);
    const back = new DirectionalLight(0xffffff, 1.2);
    back.position.set(-3, 3, -4);
    this.scene.add(new AmbientLight(0xffffff, 1.1), sun, back, this.grid);
    this.addBones();
    this.scene.add(this.rods, this.lever, this.ghost, this.disc, this.path);
    this.recolour();
  }

  private addBones(): void {
    this.motion.facts.bones.forEach((_, k) => {
      const points = this.motion.table(`bone/${k}/points`), faces = this.motion.table(`bone/${k}/faces`);
      const geometry = new BufferGeometry();
      geometry.setAttribute("position", new BufferAttribute(transposed(points.values, 3), 3));
      geometry.setIndex(Array.from(transposed(faces.values, 3), Math.round));
      geometry.computeVertexNormals();
      const bone = new Mesh(geometry, new MeshLambertMaterial({ side: DoubleSide, opacity: 0.42 }));
      this.bones.push(bone);
      this.scene.add(bone);
    });
  }

  recolour(): void {
    const grid = this.grid.material as LineBasicMaterial;
    grid.vertexColors = false;
    grid.color.set(style("--line"));
    grid.needsUpdate = true;
    this.lever.material.color.set(style("--lever"));
    this.disc.material.color.set(style("--lever"));
    this.path.material.color.set(style("--lever"));
    this.ghost.material.color.set(style("--ghost"));
  }

  resize(width: number, height: number): void {
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, this.sharpness));
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
  }

  draw(player: Player, looks: Looks): void {
    this.motion.place(player, looks.colouring);
    this.placeBones(player.swing.side);
    this.placeMuscles();
    this.placeLever(player);
    this.placeGhost(player, looks.ghost);
    this.lookAt(looks, player.swing.side);
    this.renderer.render(this.scene, this.camera);
  }

  private placeBones(side: string): void {
    const { facts, position, quaternion } = this.motion;
    const leg = style("--leg"), other = style("--bone");
    facts.bones.forEach((body, k) => {
      const bone = this.bones[k];
      bone.position.fromArray(position, 3 * body);
      bone.quaternion.fromArray(quaternion, 4 * body);
      const swings = this.motion.isSwingLeg(body, side);
      bone.material.color.set(swings ? leg : other);
      // The muscles show through the bones, or the skin, that they move.
      bone.material.transparent = facts.muscles !== null && (swings || body === 0);
      bone.material.depthWrite = !bone.material.transparent;
    });
  }

  private placeMuscles(): void {
    const { segments, colours } = this.motion, n = Math.min(segments.length / 6, 900), colour = new Color();
    for (let k = 0; k < n; k++) {
      const ends = segments.subarray(6 * k, 6 * k + 6);
      layRod(this.rods, k, [ends[0], ends[1], ends[2]], [ends[3], ends[4], ends[5]], 0.0075);
      this.rods.setColorAt(k, colour.setRGB(colours[3 * k], colours[3 * k + 1], colours[3 * k + 2], SRGBColorSpace));
    }
    finish(this.rods, n);
  }

  private placeLever(player: Player): void {
    const found = this.motion.lever(player);
    this.disc.visible = this.lever.visible = found !== null;
    if (!found) return;
    layRod(this.lever, 0, found.hip, found.heel, 0.011);
    finish(this.lever, 1);
    this.disc.position.fromArray(found.hip);
    this.disc.scale.setScalar(found.radius);
    if (this.pathOf !== player.index) {
      this.pathOf = player.index;
      this.path.geometry.dispose();
      this.path.geometry = new BufferGeometry().setFromPoints(
        this.motion.heelPath(player.index).map((p) => new Vector3(...p)),
      );
    }
  }

  private placeGhost(player: Player, name: string): void {
    const sticks = name ? this.motion.ghost(name, player) : [];
    sticks.forEach(([from, to], k) => layRod(this.ghost, k, from, to, 0.022));
    finish(this.ghost, sticks.length);
  }

  private lookAt(looks: Looks, side: string): void {
    const pelvis = this.motion.position;
    const target = new Vector3(pelvis[0], this.floor + 0.88, pelvis[2]);
    const away = new Vector3(...eyeDirection(looks, side));
    const wide = Math.max(1, 1.05 / this.camera.aspect);
    this.camera.position.copy(target).addScaledVector(away, 4.6 * wide);
    this.camera.lookAt(target);
  }
}

/** Whether WebGL has no graphics card to draw on: then edges are left rough, so that the figure still moves. */
function drawnInSoftware(): boolean {
  const trial = document.createElement("canvas").getContext("webgl2");
  const named = trial?.getExtension("WEBGL_debug_renderer_info");
  const renderer = named ? String(trial!.getParameter(named.UNMASKED_RENDERER_WEBGL)) : "";
  trial?.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(renderer);
}

function rods(count: number, sides: number, material: MeshLambertMaterial): InstancedMesh<CylinderGeometry, MeshLambertMaterial> {
  const mesh = new InstancedMesh(new CylinderGeometry(1, 1, 1, sides, 1, true), material, count);
  mesh.frustumCulled = false;
  mesh.count = 0;
  return mesh;
}

const matrix = new Matrix4(), from = new Vector3(), to = new Vector3(), middle = new Vector3(), along = new Vector3();
const turn = new Quaternion(), size = new Vector3();

function layRod(mesh: InstancedMesh, k: number, start: Point, end: Point, radius: number): void {
  from.set(...start);
  to.set(...end);
  along.subVectors(to, from);
  const length = Math.max(along.length(), 1e-6);
  turn.setFromUnitVectors(UP, along.divideScalar(length));
  mesh.setMatrixAt(k, matrix.compose(middle.addVectors(from, to).multiplyScalar(0.5), turn, size.set(radius, length, radius)));
}

function finish(mesh: InstancedMesh, count: number): void {
  mesh.count = count;
  mesh.instanceMatrix.needsUpdate = true;
  if (mesh.instanceColor) mesh.instanceColor.needsUpdate = true;
}

function transposed(values: Float32Array, rows: number): Float32Array {
  const n = values.length / rows, turned = new Float32Array(values.length);
  for (let k = 0; k < n; k++) for (let r = 0; r < rows; r++) turned[rows * k + r] = values[r * n + k];
  return turned;
}
