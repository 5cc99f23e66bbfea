// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC3009, IERC3009Cancel} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {TypedData} from "./lib/TypedData.sol";

/// @title Test money of a closed chain: 2 decimals, one unit is one fen. It is worth nothing and promises nothing.
/// @dev ERC-20 with ERC-2612 (permit) and ERC-3009 (transfer by authorisation, random nonces). A token pegged to the yuan
/// would itself be regulated (银发〔2026〕42号); this one may only live where the operator alone gives it out.
contract SandboxMoney is ERC20, TypedData, Nonces, AccessManaged, IERC20Permit, IERC3009, IERC3009Cancel, IERC5267 {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant TRANSFER_WITH = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant RECEIVE_WITH = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant CANCEL = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");

    mapping(address authorizer => mapping(bytes32 nonce => bool)) private _used;

    error ERC2612ExpiredSignature(uint256 deadline);
    error InvalidSigner(address expected);
    error AuthorizationWindow(uint256 validAfter, uint256 validBefore);
    error AuthorizationSpent(address authorizer, bytes32 nonce);
    error NotReceiver(address to);

    constructor(address authority_) ERC20("Huiquan Sandbox Fen", "HQF") AccessManaged(authority_) {}

    function decimals() public pure override returns (uint8) {
        return 2;
    }

    /// @param amount fen
    function mint(address to, uint256 amount) external restricted {
        _mint(to, amount);
    }

    /// @inheritdoc IERC20Permit
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
    {
        if (block.timestamp > deadline) revert ERC2612ExpiredSignature(deadline);
        _requireSigned(owner, keccak256(abi.encode(PERMIT, owner, spender, value, _useNonce(owner), deadline)), v, r, s);
        _approve(owner, spender, value);
    }

    /// @inheritdoc IERC3009
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        _requireSigned(
            from, keccak256(abi.encode(TRANSFER_WITH, from, to, value, validAfter, validBefore, nonce)), v, r, s
        );
        _spend(from, nonce, validAfter, validBefore);
        _transfer(from, to, value);
    }

    /// @inheritdoc IERC3009
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        if (to != msg.sender) revert NotReceiver(to);
        _requireSigned(
            from, keccak256(abi.encode(RECEIVE_WITH, from, to, value, validAfter, validBefore, nonce)), v, r, s
        );
        _spend(from, nonce, validAfter, validBefore);
        _transfer(from, to, value);
    }

    /// @inheritdoc IERC3009Cancel
    function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external {
        _requireSigned(authorizer, keccak256(abi.encode(CANCEL, authorizer, nonce)), v, r, s);
        _use(authorizer, nonce);
        emit AuthorizationCanceled(authorizer, nonce);
    }

    function _spend(address authorizer, bytes32 nonce, uint256 validAfter, uint256 validBefore) private {
        if (block.timestamp <= validAfter || block.timestamp >= validBefore) {
            revert AuthorizationWindow(validAfter, validBefore);
        }
        _use(authorizer, nonce);
        emit AuthorizationUsed(authorizer, nonce);
    }

    function _use(address authorizer, bytes32 nonce) private {
        if (_used[authorizer][nonce]) revert AuthorizationSpent(authorizer, nonce);
        _used[authorizer][nonce] = true;
    }

    function _requireSigned(address signer, bytes32 structHash, uint8 v, bytes32 r, bytes32 s) private view {
        if (ECDSA.recover(_digest(structHash), v, r, s) != signer) revert InvalidSigner(signer);
    }

    /// @inheritdoc IERC3009
    function authorizationState(address authorizer, bytes32 nonce) external view returns (bool) {
        return _used[authorizer][nonce];
    }

    /// @inheritdoc IERC20Permit
    function nonces(address owner) public view override(Nonces, IERC20Permit) returns (uint256) {
        return super.nonces(owner);
    }

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return _eip712Domain();
    }

    /// @inheritdoc IERC20Permit
    // solhint-disable-next-line func-name-mixedcase
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domain();
    }

    function _domainName() internal pure override returns (string memory) {
        return "Huiquan Sandbox Fen";
    }
}
