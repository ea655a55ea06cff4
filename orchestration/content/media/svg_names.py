"""The published parts of an SVG: the elements and attributes of https://www.w3.org/TR/SVG2/ that draw and animate.

Anything that may run, load or embed is not among them: scripts and event handlers, foreignObject, xml:base, srcset.
"""

XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ELEMENTS = words(
    """
    a animate animateColor animateMotion animateTransform circle clipPath defs desc ellipse feBlend
    feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap
    feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge
    feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter g
    image line linearGradient marker mask mpath path pattern polygon polyline radialGradient rect set stop style
    svg switch symbol text textPath title tspan use view
    """
)
# Attributes with plain text, where brackets do not call a function.
TEXTS = frozenset(["id", "class", "role", "lang", "begin", "end"]) | {f"{XML} lang", f"{XML} space"}
LINKS = frozenset({"href", f"{XLINK} href"})
PROPERTIES = words(
    """
    alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation
    color-interpolation-filters color-rendering cursor direction display dominant-baseline enable-background
    fill fill-opacity fill-rule filter flood-color flood-opacity font font-family font-size font-size-adjust
    font-stretch font-style font-variant font-weight glyph-orientation-horizontal glyph-orientation-vertical
    image-rendering isolation kerning letter-spacing lighting-color marker marker-end marker-mid marker-start
    mask mask-type mix-blend-mode opacity overflow paint-order pointer-events shape-rendering stop-color
    stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit
    stroke-opacity stroke-width style text-anchor text-decoration text-overflow text-rendering transform
    transform-box transform-origin unicode-bidi vector-effect visibility white-space word-spacing writing-mode
    """
)
OTHERS = words(
    """
    accumulate additive amplitude attributeName attributeType azimuth baseFrequency bias by calcMode
    clipPathUnits cx cy d diffuseConstant divisor dur dx dy edgeMode elevation exponent filterRes filterUnits fr
    from fx fy gradientTransform gradientUnits height in in2 intercept k1 k2 k3 k4 kernelMatrix kernelUnitLength
    keyPoints keySplines keyTimes lengthAdjust limitingConeAngle markerHeight markerUnits markerWidth
    maskContentUnits maskUnits max media method min mode numOctaves offset operator order orient origin path
    pathLength patternContentUnits patternTransform patternUnits points pointsAtX pointsAtY pointsAtZ
    preserveAlpha preserveAspectRatio primitiveUnits r radius refX refY repeatCount repeatDur requiredExtensions
    requiredFeatures restart result rotate rx ry scale seed side slope spacing specularConstant specularExponent
    spreadMethod startOffset stdDeviation stitchTiles surfaceScale systemLanguage tableValues target targetX
    targetY textLength to type values version viewBox width x x1 x2 xChannelSelector y y1 y2 yChannelSelector z
    """
)
ANIMATED = PROPERTIES - {"style"} | OTHERS
ATTRIBUTES = TEXTS | LINKS | PROPERTIES | OTHERS
# Functions of CSS (https://www.w3.org/TR/css-values-4/) that compute, name colours, move, select, and filter.
FUNCTIONS = words(
    """
    format local var calc min max clamp rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix matrix
    matrix3d translate translate3d translatex translatey translatez rotate rotate3d rotatex rotatey rotatez
    scale scale3d scalex scaley scalez skew skewx skewy perspective cubic-bezier steps linear path circle
    ellipse inset polygon rect blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate
    sepia not is where has lang nth-child nth-last-child nth-of-type nth-last-of-type linear-gradient
    radial-gradient
    """
)
AT_RULES = frozenset({"@media", "@supports", "@keyframes", "@-webkit-keyframes", "@font-face", "@charset"})
